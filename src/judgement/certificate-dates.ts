/** What a certificate says, for a sentence: for whom, by whom, and whether its dates fit the time of the capture. Facts only. */
import { formatTimestamp, type Timestamp } from '../basics/timestamp.ts';
import type { CertificateFacts } from '../tls/facts.ts';
import { quoted } from './wording.ts';

const DAY_MS = 86_400_000;
const SHOWN_NAMES = 3;

export type CertificateAge = 'valid' | 'expired' | 'not-yet-valid';

export function certificateAge({ notBefore, notAfter }: CertificateFacts, at: Timestamp): CertificateAge {
  const now = Date.parse(formatTimestamp(at));
  if (now > Date.parse(notAfter)) return 'expired';
  return now < Date.parse(notBefore) ? 'not-yet-valid' : 'valid';
}

/**
 * "The server's certificate is for localhost, issued by CN=Test CA, and had expired 12 days before (2026-11-19)."
 * @param at null where packets carry no times
 */
export function describeCertificate(certificate: CertificateFacts, at: Timestamp | null): string {
  const { subject, issuer, names } = certificate;
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  const whom = names.length === 0 ? quoted(subject) : `${quoted(shown)}${more}`;
  const by = subject === issuer ? 'signed by itself' : `issued by ${quoted(issuer)}`;
  return `The server's certificate is for ${whom === '' ? 'nobody' : whom}, ${by}${datesOf(certificate, at)}.`;
}

function datesOf(certificate: CertificateFacts, at: Timestamp | null): string {
  const { notBefore, notAfter } = certificate;
  const [from, until] = [notBefore.slice(0, 10), notAfter.slice(0, 10)];
  if (at === null) return `, valid from ${from} to ${until}`;
  const now = Date.parse(formatTimestamp(at));
  switch (certificateAge(certificate, at)) {
    case 'expired':
      return `, and had expired ${days(now - Date.parse(notAfter))} before (${until})`;
    case 'not-yet-valid':
      return `, and becomes valid ${days(Date.parse(notBefore) - now)} later (${from})`;
    case 'valid':
      return `, valid from ${from} to ${until}`;
  }
}

function days(ms: number): string {
  const number = Math.floor(ms / DAY_MS);
  return number === 0 ? 'less than a day' : `${number} day${number === 1 ? '' : 's'}`;
}
