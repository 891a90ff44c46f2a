// A real PDS and its directory on free ports; prints where they are, ends when its input ends.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const installed = createRequire(process.argv[2] + '/')
const { TestNetworkNoAppView } = await import(pathToFileURL(installed.resolve('@atproto/dev-env')))
const network = await TestNetworkNoAppView.create({ pds: { hostname: 'localhost' } })
console.log(JSON.stringify({ pds: network.pds.url, plc: network.plc.url }))
process.stdin.on('end', () => process.exit(0)).resume()
