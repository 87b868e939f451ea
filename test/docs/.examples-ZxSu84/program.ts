import { createServer } from 'node:http';
import { createGateway, formatConfigErrors, readConfig } from '../../../src/index.ts';

const { config, errors } = await readConfig({ file: 'gateway.yaml', env: process.env });
if (errors !== undefined) throw new Error(formatConfigErrors(errors, process.cwd()));

const gateway = await createGateway(config);
const server = createServer(gateway.handler).listen(0, () => console.log(server.address()));

// First the server, whose requests still need the gateway.
process.once('SIGTERM', () => server.close(() => gateway.close()));
