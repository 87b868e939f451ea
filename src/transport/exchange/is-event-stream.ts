const EVENT_STREAM = 'text/event-stream';

/** Whether an answer is a stream of server-sent events, which goes on for as long as both sides wish. */
export function isEventStream(contentType: string | undefined): boolean {
  // Looked at in every answer: most types are too short to be it.
  if (contentType === undefined || contentType.length < EVENT_STREAM.length) return false;
  return /^text\/event-stream(?![\w.+-])/i.test(contentType);
}
