/** The least that express can do with the same body: parse it, check it by the same schema, and send it back. */
import type { AddressInfo } from 'node:net'
import express from 'express'
import { EstimateAsked } from '../../../src/server/schemas/estimate-asked.ts'

const app = express()
app.post('/', express.json(), (request, response) => {
  response.json(EstimateAsked.parse(request.body))
})
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}/\n`)
})
