// Counts and reads texts with the networks' own libraries, one request a line on standard input.
//
// Each line is a JSON object {"of": <what>, "texts": [<text>, …]}, each answer a JSON array in the
// same order. It ends when its standard input closes, so that it never outlives the test run.
// Nothing here reaches the network: a mention would have to be looked up, and stays as it is.
import { createInterface } from 'node:readline'
import { RichText } from '@atproto/api'
import twitter from 'twitter-text'

const LINK = 'app.bsky.richtext.facet#link'
const TAG = 'app.bsky.richtext.facet#tag'

function facetsOf(text) {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  const found = []
  for (const { index, features } of rich.facets ?? []) {
    for (const feature of features) {
      const at = [index.byteStart, index.byteEnd]
      if (feature.$type === LINK) found.push(['link', ...at, feature.uri])
      if (feature.$type === TAG) found.push(['tag', ...at, feature.tag])
    }
  }
  return found
}

const readers = {
  x: (text) => twitter.parseTweet(text).weightedLength,
  bluesky: (text) => {
    const rich = new RichText({ text })
    return { graphemes: rich.graphemeLength, bytes: rich.length, facets: facetsOf(text) }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { of, texts } = JSON.parse(line)
  process.stdout.write(JSON.stringify(texts.map(readers[of])) + '\n')
}
