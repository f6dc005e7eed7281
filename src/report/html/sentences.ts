/** "The server sent FIN. Look at its log." as two sentences. */
export function sentencesOf(message: string): string[] {
  return message.split(/(?<=\.) (?=[A-Z])/);
}
