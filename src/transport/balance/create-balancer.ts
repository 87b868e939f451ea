import type { TransportDefinition } from '../../config/schema/transport.ts';
import type { Random } from '../clock.ts';
import type { Balancer } from './balancer.ts';
import { LeastRequests } from './least-requests.ts';
import { Rendezvous } from './rendezvous.ts';
import { RoundRobin } from './round-robin.ts';

export function createBalancer(
  { algorithm, boundedLoad }: Pick<TransportDefinition['balance'], 'algorithm' | 'boundedLoad'>,
  random: Random,
): Balancer {
  switch (algorithm) {
    case 'round_robin':
      return new RoundRobin();
    case 'hash':
      return new Rendezvous(boundedLoad, new LeastRequests(random));
    default:
      return new LeastRequests(random);
  }
}
