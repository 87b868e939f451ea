import proxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const app = Fastify({ logger: false });
app.register(proxy, { upstream: process.env.UPSTREAM, prefix: '/' });
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
