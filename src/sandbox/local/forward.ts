import { accessSync, constants } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/**
 * A program of its own, started in the network of a sandbox but outside of it: the command can neither end it nor is charged
 * for it. Hands every connection to a port on to the socket of the run. Arguments: socket, port, user.
 */
const [, , path = '', port = '', user = ''] = process.argv

const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ path, allowHalfOpen: true })
  join(near, far)
  join(far, near)
})

// The sandbox's loopback device comes up later; in a network that has no other, every address is as narrow.
server.listen({ host: '0.0.0.0', port: Number(port) }, () => {
  // Rights are given up as soon as they are not needed to get here.
  process.setgroups?.([])
  process.setgid?.(Number(user))
  process.setuid?.(Number(user))
  accessSync(path, constants.W_OK)
  process.stdout.write('listening\n')
})

// The runner holds the other end: this ends with it, also when it is killed.
process.stdin.resume().on('end', () => process.exit(0))

/** A side that breaks off ends the other; one that says it is done is only passed on. */
function join(from: Socket, to: Socket): void {
  pipeline(from, to, (error) => {
    if (error) to.destroy()
  })
}
