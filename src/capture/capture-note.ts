/** Something that limits the analysis of a capture. A note accuses nobody (docs/report-format.md lists the codes). */
export interface CaptureNote {
  readonly code: string;
  readonly message: string;
}

/** Every reader gives this note for a capture that is not damaged but holds no packet. */
export const NO_PACKETS: CaptureNote = {
  code: 'no-packets',
  message: 'the capture holds no packets: a capture filter that matches nothing, or the wrong interface',
};
