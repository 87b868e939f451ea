import { ERRORS } from '../src/errors.ts';
import { renderTable } from './markdown-table.ts';

/** `docs/errors.md`: the table of `src/errors.ts`. */
export function renderErrorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, { audience, status, message }]) => [
    `\`${code}\``,
    audience,
    String(status),
    message,
  ]);
  return `<!-- Generated from src/errors.ts by \`npm run generate\`. -->

# Errors

Every error that Weir itself raises has one of these codes: in \`extensions.code\` of a GraphQL error, and as \`code\` of a
problem document (RFC 9457) on REST routes.

- Audience **client**: the message is built only from what the client sent, and says more than the one below.
- Audience **internal**: the client sees the message below and the request id; the log has the cause under that id.

${renderTable(['Code', 'Audience', 'Status', 'Message'], rows)}
`;
}
