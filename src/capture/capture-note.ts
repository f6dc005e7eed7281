/** What limits the analysis of a capture: never an accusation (see docs/report-format.md for the codes). */
export interface CaptureNote {
  readonly code: string;
  readonly message: string;
}

/** What every reader says of a capture that is whole but holds nothing. */
export const NO_PACKETS: CaptureNote = {
  code: 'no-packets',
  message: 'the capture holds no packets: a capture filter that matches nothing, or the wrong interface',
};
