import { path } from './path.ts';
import { duration, section } from './section.ts';

/** `supergraph:` of gateway.yaml. */
export const supergraph = section({
  source: path(
    'file-or-url',
    'A supergraph file or URL, used as it is; default: composed from the upstreams',
  ).optional(),
  poll_interval: duration('How often a supergraph URL is read again', { min: '100ms' }).prefault('10s'),
  snapshot: path('place', 'The committed supergraph that `weir compose --check` compares with').prefault(
    'supergraph.graphql',
  ),
  state_dir: path('place', 'Folder where the last good SDL of each upstream is kept').prefault('.weir'),
  retry_interval: duration('How often an upstream that could not be read is tried again', { min: '100ms' }).prefault(
    '5s',
  ),
});
