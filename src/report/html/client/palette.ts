/** The style sheet's colours, for the canvas: read once, and again when light and dark change. */
import type { FrameKind, Mark } from '../page-data.ts';

export interface Palette {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly life: string;
  readonly paper: string;
  readonly handshake: string;
  readonly frames: Readonly<Record<FrameKind, string>>;
  readonly marks: Readonly<Record<Mark, string>>;
}

export function readPalette(): Palette {
  // A CSS variable is plain text until an element uses it as a colour.
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const color = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    ink: color('ink'),
    faint: color('faint'),
    line: color('line'),
    life: color('life'),
    paper: color('paper'),
    handshake: color('handshake'),
    frames: {
      text: color('text-frame'),
      binary: color('binary-frame'),
      control: color('control-frame'),
      close: color('close-frame'),
    },
    marks: {
      error: color('error'),
      warning: color('warning'),
      info: color('info'),
      clean: color('clean'),
      neutral: color('faint'),
    },
  };
  probe.remove();
  return palette;
}
