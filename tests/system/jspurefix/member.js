// A member on jspurefix, driven line by line: JSON in on stdin, JSON out on stdout.
//   in:  {"kind": "D", "fields": {"ClOrdID": "a1", "Instrument": {"Symbol": "EURKZT_TOM"}, ...}}  or  {"end": true}
//   out: {"in": "8", "text": "8=FIX.4.4^A..."}  {"out": "D", "text": ...}  {"on": true}  {"log": "a warning"}  {"ended": "why"}
// What it gets it checks by the dictionary it was given, and answers what is not in it with a Reject of its own.
'use strict'
require('reflect-metadata')
const readline = require('readline')
const { AsciiSession, SessionLauncher, JsFixLoggerFactory } = require('jspurefix')

const [user, target, host, port, begin, dictionary] = process.argv.slice(2)
const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')

const description = {
  application: {
    type: 'initiator',
    name: user,
    reconnectSeconds: 3600,
    protocol: 'ascii',
    dictionary,
    tcp: { host, port: Number(port) }
  },
  Username: user,
  Password: 'rehearsal',
  EncryptMethod: 0,
  ResetSeqNumFlag: true,
  HeartBtInt: 5,
  SenderCompId: user,
  TargetCompID: target,
  BeginString: begin,
  Logon: begin === 'FIXT.1.1' ? { DefaultApplVerID: '7' } : {}
}

let session = null

class Member extends AsciiSession {
  constructor (config) {
    super(config)
    this.checkMsgIntegrity = true
  }

  onReady () { say({ on: true }) }
  onLogon () { return true }
  onApplicationMsg () {}
  onStopped (error) { say({ ended: error ? error.message : '' }) }
  onDecoded (kind, text) { say({ in: kind, text: text }) }
  onEncoded (kind, text) { say({ out: kind, text: text }) }
}

// Its own log: what it warns of is told, the rest is not.
class Complaints extends JsFixLoggerFactory {
  logger () {
    const quiet = () => {}
    return { info: quiet, debug: quiet, warning: (text) => say({ log: text }), error: (e) => say({ log: String(e) }) }
  }

  plain () { return this.logger() }
}

class Launcher extends SessionLauncher {
  constructor () { super(description, null, new Complaints()) }
  makeFactory () {
    return {
      makeSession: (config) => {
        config.logDelimiter = 1 // texts of people may have a bar in them
        return (session = new Member(config))
      }
    }
  }
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const wish = JSON.parse(line)
  if (wish.end) session.done()
  else session.send(wish.kind, wish.fields)
}).on('close', () => process.exit(0))

new Launcher().run().then(() => process.exit(0)).catch((error) => {
  say({ ended: String(error) })
  process.exit(1)
})
