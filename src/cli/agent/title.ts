/**
 * Takes the arguments of this process out of the list of processes, since a secret is among them: those who look may see them
 * only until now.
 */
export function hideArguments(name: string): void {
  process.title = name;
}
