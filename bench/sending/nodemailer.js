// nodemailer with a pool of 10 connections, nunjucks for each mail; nothing is recorded.
// Started by bench/sending: `node nodemailer.js PORT CONTENT`, with the packages found through NODE_PATH.
const fs = require('fs')
const nodemailer = require('nodemailer')
const nunjucks = require('nunjucks')

const [port, file] = process.argv.slice(2)
const content = JSON.parse(fs.readFileSync(file))
// `day` is a filter of ours; the content has dates as words already.
const environment = escaping => new nunjucks.Environment(null, { autoescape: escaping }).addFilter('day', words => words)
const compiled = kind => new nunjucks.Template(content.templates[kind], environment(kind === 'html'), null, true)
const templates = { subject: compiled('subject'), text: compiled('text'), html: compiled('html') }
const server = nodemailer.createTransport({
  host: '127.0.0.1', port: Number(port), pool: true, maxConnections: 10, maxMessages: Infinity, ignoreTLS: true
})

function letter (person) {
  const values = { ...content.constants, person, links: person.links }
  return {
    from: content.from,
    to: person.email,
    subject: templates.subject.render(values),
    text: templates.text.render(values),
    html: templates.html.render(values),
    headers: {
      'List-Unsubscribe': `<${person.links.unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
    }
  }
}

// Twice as many under way as connections, so that none of them waits for its next mail.
async function sendAll () {
  const waiting = content.people[Symbol.iterator]()
  const one = async () => { for (const person of waiting) await server.sendMail(letter(person)) }
  await Promise.all(Array.from({ length: 20 }, one))
}

process.stdin.once('data', async () => {
  const before = process.cpuUsage()
  await sendAll()
  const used = process.cpuUsage(before)
  console.log(JSON.stringify({ messages: content.people.length, cpu: (used.user + used.system) / 1e6 }))
  server.close()
  process.stdin.destroy()
})
console.log('ready')
