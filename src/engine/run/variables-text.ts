/**
 * The JSON text of a fetch's variables: what the engine adds, then those of the client's that the fetch uses.
 * @param added members as JSON text, without braces. `undefined`: there is nothing to send.
 */
export function variablesText(
  names: readonly string[],
  variables: Readonly<Record<string, unknown>>,
  added: string,
): string | undefined {
  let text = added;
  for (const name of names) {
    if (!Object.hasOwn(variables, name)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(variables[name])}`;
  }
  return text === '' ? undefined : `{${text}}`;
}
