// The real Bluesky PDS and its PLC directory on loopback, on ports the system chooses.
// Prints one line of JSON when both answer; stops at SIGTERM or when its standard input closes,
// so that it never outlives the test run. All data lies in the folder given as first argument.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Database, PlcServer } from '@did-plc/server'
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'

const folder = process.argv[2]
const adminPassword = randomBytes(16).toString('hex')

// Both servers want a port number at configuration time and would listen on every interface; so
// the sockets are opened here first, and each application is hung into its own.
async function openSocket() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function hang(app, server) {
  app.listen = () => {
    server.on('request', app)
    setImmediate(() => server.emit('listening'))
    return server
  }
}

const plcSocket = await openSocket()
const pdsSocket = await openSocket()
const plcUrl = `http://127.0.0.1:${plcSocket.address().port}`
const pdsPort = pdsSocket.address().port

const plc = PlcServer.create({ db: Database.mock(), port: plcSocket.address().port })
hang(plc.app, plcSocket)
await plc.start()

Object.assign(process.env, {
  PDS_PORT: String(pdsPort),
  PDS_HOSTNAME: 'localhost',
  PDS_DEV_MODE: '1',
  PDS_INVITE_REQUIRED: '0',
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_DID_PLC_URL: plcUrl,
  PDS_DATA_DIRECTORY: join(folder, 'data'),
  PDS_BLOBSTORE_DISK_LOCATION: join(folder, 'blobs'),
  PDS_BLOBSTORE_DISK_TMP_LOCATION: join(folder, 'blobs-unfinished'),
  PDS_JWT_SECRET: randomBytes(32).toString('hex'),
  PDS_DPOP_SECRET: randomBytes(32).toString('hex'),
  PDS_ADMIN_PASSWORD: adminPassword,
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
  PDS_RATE_LIMITS_ENABLED: process.env.PDS_RATE_LIMITS_ENABLED ?? '0',
  LOG_ENABLED: 'false',
})
const environment = readEnv()
const pds = await PDS.create(envToCfg(environment), envToSecrets(environment))
hang(pds.app, pdsSocket)
await pds.start()

process.stdout.write(
  JSON.stringify({ pds: `http://127.0.0.1:${pdsPort}`, plc: plcUrl, adminPassword }) + '\n',
)

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  // The folder is thrown away: closing in good order matters less than ending soon.
  setTimeout(() => process.exit(0), 5000).unref()
  await pds.destroy()
  await plc.destroy()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.stdin.on('end', stop)
process.stdin.on('close', stop)
process.stdin.resume()
