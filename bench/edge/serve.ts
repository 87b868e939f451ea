/** `node serve.ts CONFIG`, with a channel to its parent: serves a gateway, and tells its CPU time when asked. */
import { createGateway, readConfig } from '../../src/index.ts';

const [file = ''] = process.argv.slice(2);
const { config, errors } = await readConfig({ file, env: {}, overrides: { port: 0 } });
if (config === undefined) throw new Error(JSON.stringify(errors));
const gateway = await createGateway(config);
const url = await gateway.listen();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system });
});
process.once('disconnect', () => void gateway.close());
process.send?.({ url });
