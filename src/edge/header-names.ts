/** Characters that services fold into one when they make variables of header names (CGI, WSGI). */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}
