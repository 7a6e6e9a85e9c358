import { implementation } from '../implementation';
import { dataset, type Dataset } from './dataset';
import { dcmjs } from './dcmjs';

const explicitVrLittleEndian = '1.2.840.10008.1.2.1';

/** A DICOM file (PS3.10 7.1): 128 zero bytes, DICM, file meta information, explicit VR little endian. */
export function part10File(content: Dataset): Uint8Array {
  const { SOPClassUID, SOPInstanceUID } = {
    SOPClassUID: content['00080016']!.Value[0],
    SOPInstanceUID: content['00080018']!.Value[0],
  };
  const meta: Dataset = {
    '00020001': { vr: 'OB', Value: [Uint8Array.of(0, 1).buffer] },
    '00020002': { vr: 'UI', Value: [SOPClassUID] },
    '00020003': { vr: 'UI', Value: [SOPInstanceUID] },
    '00020010': { vr: 'UI', Value: [explicitVrLittleEndian] },
    '00020012': { vr: 'UI', Value: [implementation.classUid] },
    '00020013': { vr: 'SH', Value: [implementation.versionName] },
  };
  const file = new dcmjs.data.DicomDict(meta);
  file.dict = { ...dataset({ SpecificCharacterSet: 'ISO_IR 192' }), ...content };
  return new Uint8Array(file.write());
}
