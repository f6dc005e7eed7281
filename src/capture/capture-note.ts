/** What limits the analysis of a capture: never an accusation (see docs/report-format.md for the codes). */
export interface CaptureNote {
  readonly code: string;
  readonly message: string;
}
