import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * The client waits to be asked for its body (RFC 9110 §10.1.1): it is, once, when somebody begins to read it. One that is
 * refused before has sent nothing.
 */
export function inviteWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const writeContinue = response.writeContinue.bind(response);
  let isInvited = false;
  response.writeContinue = (callback) => {
    if (isInvited || response.headersSent) return;
    isInvited = true;
    writeContinue(callback);
  };
  const read = request._read;
  request._read = (size) => {
    request._read = read;
    response.writeContinue();
    read.call(request, size);
  };
}
