/** The hand-written beginning of `docs/config.md`. A test reads its example as a config. */
export const INTRODUCTION = `<!-- Generated from src/config/schema/ by \`npm run generate\`. -->

# Configuration

The gateway is described by one main file, \`gateway.yaml\`, and one file for each upstream. All of them may be YAML or
JSON. \`weir check\` checks them without a network and names every mistake with its file, line and the way out.

\`\`\`yaml
# gateway.yaml
# yaml-language-server: $schema=./gateway.schema.json
server:
  host: 0.0.0.0
  port: \${PORT:-4000}
auth:
  jwt:
    issuer: https://login.example.com/
    audience: shop
    jwks: https://login.example.com/.well-known/jwks.json
rate_limit:
  fields:
    Query.search: { max: 10, window: 1m }
telemetry:
  log_level: info
\`\`\`

\`\`\`yaml
# upstreams/reviews.yaml
# yaml-language-server: $schema=../upstream.schema.json
kind: graphql
url: http://\${REVIEWS_HOST:-localhost}:4003/graphql
timeout: 2s
health: { path: /healthz }
traffic: { peak_rps: 200, p95_ms: 80, max_body: 256KiB }
entities:
  User: { key: id, lookup: "usersByIds(ids: $id)" }
\`\`\`

## Forms of values

- **Environment.** \`\${NAME}\` in a value is replaced by the environment variable NAME, which must be set;
  \`\${NAME:-default}\` has a default for where it is unset or empty. \`$\${\` stands for a literal \`\${\`. Where a number or
  \`true\` or \`false\` is expected, the text becomes one. Inside \`{ }\` and \`[ ]\` such a value must be in quotes. What comes
  from the environment never shows in error messages.
- **Duration**: \`250ms\`, \`5s\`, \`1.5m\`, \`2h\`, \`7d\`.
- **Size**: \`512B\`, \`64KiB\`, \`2MiB\`, \`1GiB\` (powers of 1024), or \`kB\`, \`MB\`, \`GB\` (powers of 1000).
- **Path**: relative to the folder of the file that names it. Files must exist.
- **Unknown keys** are refused, and so are repeated ones. Anchors and aliases work within a file.

Without \`--config\`, the main file is the first of \`gateway.yaml\`, \`gateway.yml\` and \`gateway.json\` in the working
directory. \`--host\`, \`--port\`, \`--engine\` and \`--supergraph\` of \`weir start\` win over the file; with \`--supergraph\` no file
is needed.`;
