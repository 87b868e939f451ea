/** Compiles a path pattern: `*` stands for one segment, `**` at the end for any rest, also none. Case counts. */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  const open = pattern.endsWith('/**');
  const fixed = (open ? pattern.slice(0, -3) : pattern).split('/');
  if (open && !fixed.includes('*')) {
    const prefix = fixed.join('/');
    return (path) => path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
  }
  if (!fixed.includes('*')) return (path) => path === pattern;
  return (path) => {
    const segments = path.split('/');
    if (open ? segments.length < fixed.length : segments.length !== fixed.length) return false;
    return fixed.every((part, index) => (part === '*' ? segments[index] !== '' : part === segments[index]));
  };
}
