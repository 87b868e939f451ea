import { Redis } from 'ioredis';
import { RedisServer } from './redis-server.ts';

const SLOTS = 16_384;

/** Three masters that share the slots. */
export async function startCluster(): Promise<RedisServer[]> {
  const starts = await Promise.allSettled(
    [1, 2, 3].map(() => RedisServer.start('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')),
  );
  const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    await join(nodes);
    return nodes;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.close()));
    throw error;
  }
}

async function join(nodes: readonly RedisServer[]): Promise<void> {
  const clients = nodes.map((node) => new Redis(node.url));
  try {
    for (const [index, client] of clients.entries()) {
      const from = Math.floor((index * SLOTS) / 3);
      const to = Math.floor(((index + 1) * SLOTS) / 3) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    for (const node of nodes.slice(1)) await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', String(node.port));
    for (const client of clients) {
      while (!/cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(await client.call('CLUSTER', 'INFO')))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } finally {
    for (const client of clients) client.disconnect();
  }
}
