export const PICTURE: string;
export function printed(): string;
export function drawTerminal(output: string): string;
