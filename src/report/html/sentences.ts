/** Splits "The server sent FIN. Look at its log." into two sentences. */
export function sentencesOf(message: string): string[] {
  return message.split(/(?<=\.) (?=[A-Z])/);
}
