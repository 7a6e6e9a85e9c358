/**
 * What hides in the 128 bytes before "DICM". PS3.10 section 7.1 lets anything stand there, so that a file can be a TIFF
 * and a DICOM file at once, or a program and a DICOM file (CVE-2019-11687). Nothing here is ever run or kept: what is
 * written has a preamble of zeros.
 */
const magics: readonly (readonly [what: string, starts: readonly number[]])[] = [
  ['a Windows program', [0x4d, 0x5a]],
  ['a Linux program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a macOS program', [0xfe, 0xed, 0xfa, 0xce]],
  ['a macOS program', [0xfe, 0xed, 0xfa, 0xcf]],
  ['a macOS program', [0xce, 0xfa, 0xed, 0xfe]],
  ['a macOS program', [0xcf, 0xfa, 0xed, 0xfe]],
  ['a macOS program', [0xca, 0xfe, 0xba, 0xbe]],
  ['a macOS program', [0xca, 0xfe, 0xba, 0xbf]],
  ['an Android program', [0x64, 0x65, 0x78, 0x0a]],
  ['a WebAssembly program', [0x00, 0x61, 0x73, 0x6d]],
  ['a Windows shortcut', [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00]],
  ['an installer (Windows)', [0xd0, 0xcf, 0x11, 0xe0]],
  ['an archive (zip, Java)', [0x50, 0x4b, 0x03, 0x04]],
  ['an archive (RAR)', [0x52, 0x61, 0x72, 0x21]],
  ['an archive (7z)', [0x37, 0x7a, 0xbc, 0xaf]],
  ['an archive (gzip)', [0x1f, 0x8b]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
  ['a script', [0x23, 0x21]],
  ['a script', [0xef, 0xbb, 0xbf, 0x23, 0x21]],
];

/** A sentence for the reader where the preamble begins as a program, a script or an archive does; null where not. */
export function preambleWarning(preamble: Uint8Array): string | null {
  const found = magics.find(([, starts]) => starts.every((b, n) => preamble[n] === b));
  const what = found?.[0] ?? (isText(preamble) ? 'a script' : null);
  return what === null ? null : `The 128 bytes before the DICOM data begin like ${what}; they are not used.`;
}

/** Batch, PowerShell, HTML, PHP and the like have no magic number: any text of some length could be one. */
function isText(preamble: Uint8Array): boolean {
  const end = preamble.findIndex((b) => !(b === 9 || b === 10 || b === 13 || (b >= 32 && b < 127)));
  return (end < 0 ? preamble.length : end) >= 8;
}
