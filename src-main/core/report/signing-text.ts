import type { Addendum } from '../reading/reading-state';
import { inertText } from './inert-text';
import type { Report } from './report';
import { personNameText, timeText } from './wording';

/** What every export says of the signature: who, when and of what content, or that there is none. */
export function signatureLines({ signature }: Report): string[] {
  if (!signature) return ['Not signed (preliminary).'];
  return [
    `Signed by ${personNameText(signature.name)} at ${timeText(signature.at)}.`,
    `SHA-256 of the signed content: ${signature.sha256}`,
  ];
}

/** "Addendum by X at 2026-01-01 10:00 UTC: text". */
export const addendumText = ({ name, at, text }: Addendum): string =>
  `Addendum by ${personNameText(name)} at ${timeText(at)}: ${inertText(text)}`;
