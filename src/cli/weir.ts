#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';

const { version, description } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

const configOption = () =>
  new Option(
    '-c, --config <file>',
    'main config file; default: gateway.yaml, gateway.yml or gateway.json of this folder',
  );

const program = new Command('weir').description(description).version(version).showHelpAfterError();

// Each command is imported when it runs: `weir --help` stays quick.
program
  .command('start')
  .description('Serve graph and routes')
  .addOption(configOption())
  .option('--host <address>', 'address to listen on; default: 127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for any free one; default: 4000')
  .option(
    '--supergraph <file|url>',
    'serve this supergraph as it is; then a config file is read only if --config names it',
  )
  .addOption(
    new Option('--engine <name>', 'what runs operations; default: auto').choices(['auto', 'compiled', 'stitch']),
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 stopped in order, 1 wrong config or no listener, 2 requests were cut at the end.',
  )
  .action(async (options) => (await import('./start.ts')).start(options));

program
  .command('dev')
  .description(
    'Serve graph and routes and follow the files: a change that holds is served at once, one that does not is shown',
  )
  .addOption(configOption())
  .option('--host <address>', 'address to listen on; default: 127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for any free one; default: 4000')
  .addOption(
    new Option('--engine <name>', 'what runs operations; default: auto').choices(['auto', 'compiled', 'stitch']),
  )
  .action(async (options) => (await import('./dev.ts')).dev(options));

program
  .command('check')
  .description('Check the config files, the schemas and their composition, without a network')
  .addOption(configOption())
  .option(
    '--operations <pattern...>',
    'also check the operations of these files: that they are valid, and within the limits of the config',
  )
  .addHelpText('after', '\nPrints every error with file, line and the way out. Exit codes: 0 no error, 1 errors.')
  .action(async (options) => (await import('./check.ts')).check(options));

program
  .command('compose')
  .description('Write the supergraph SDL to stdout')
  .addOption(configOption())
  .option('--check', 'compare with the committed snapshot instead; exit 1 where they differ')
  .option('--offline', 'read schema files and last good schemas only')
  .action(async (options) => (await import('./compose.ts')).compose(options));

program
  .command('explain <file>')
  .description('Print the plan of an operation: which upstreams are asked for what, in which order; and what it costs')
  .addOption(configOption())
  .option('--supergraph <file|url>', 'plan on this supergraph instead')
  .option('--operation <name>', 'which operation of the file; needed where it has several')
  .option('--variables <json>', 'values of the variables; conditions fold with them')
  .option('--identity <json>', 'the client, such as {"subject": "ada", "scopes": ["a"]}; default: anonymous')
  .addOption(
    new Option('--format <name>', 'how the plan is printed').choices(['text', 'json', 'mermaid']).default('text'),
  )
  .addHelpText('after', '\nReads schema files and last good schemas only. Exit codes: 0 planned, 1 errors.')
  .action(async (file, options) => (await import('./explain.ts')).explain(file, options));

await program.parseAsync();
