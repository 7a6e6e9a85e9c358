import type { Report } from '../../core/report/report';
import { dataset, type Dataset } from './dataset';
import { studyUid } from './sources';
import { codeString, dateValue, longString, shortString, sourceText, timeValue } from './values';

/** Patient and General Study modules, equal to the source (RELIABILITY X5). */
export function patientAndStudy(report: Report): Dataset {
  const source = report.series.find((series) => series.dicom !== null)?.dicom;
  return dataset({
    PatientName: sourceText(report.patient.name),
    PatientID: sourceText(report.patient.id),
    PatientBirthDate: dateValue(report.patient.birthDate),
    PatientSex: codeString(report.patient.sex),
    StudyInstanceUID: studyUid(report),
    StudyDate: dateValue(source?.studyDate ?? '') || dateValue(report.studyDate),
    StudyTime: timeValue(source?.studyTime ?? ''),
    StudyID: shortString(source?.studyId ?? ''),
    AccessionNumber: shortString(source?.accessionNumber ?? ''),
    ReferringPhysicianName: sourceText(source?.referringPhysician ?? ''),
    StudyDescription: (source ? sourceText : longString)(report.studyDescription) || undefined,
  });
}

/** General Equipment and Enhanced General Equipment modules: this program. */
export const equipment = (report: Report): Dataset =>
  dataset({
    Manufacturer: 'The Regio authors',
    ManufacturerModelName: 'Regio',
    DeviceSerialNumber: longString(report.softwareVersion) || '0',
    SoftwareVersions: longString(report.softwareVersion) || '0',
    InstitutionName: longString(report.institution) || undefined,
  });
