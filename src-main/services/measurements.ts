import { AppError } from '../core/app-error';
import { phaseOf } from '../core/reading/double-reading';
import { replayReading } from '../core/reading/reading-state';
import type { MeasurementRow, Store } from '../storage';
import { mutable } from './mutable';
import type { Views } from './people/view';
import { readSeries } from './studies';
import type { ServiceHandlers } from './types';

type MeasurementEndpoint = 'measurements.list' | 'measurements.put' | 'measurements.remove';

/**
 * What readers measured beside the findings; of a study that two read blind each is given their own alone. On disk before the answer; no part of a report,
 * and gone with the study.
 */
export function createMeasurements(store: Store, views: Views): Pick<ServiceHandlers, MeasurementEndpoint> {
  const shown = (studyId: string): MeasurementRow[] => {
    const all = store.listMeasurements(studyId);
    const { double } = replayReading(store.readingEvents(studyId));
    return double && phaseOf(double) === 'reading'
      ? all.filter(({ reader }) => reader === views.reader)
      : all;
  };
  const assertShown = (studyId: string, measurementIds: readonly string[]): void => {
    const own = new Set(shown(studyId).map((row) => row.measurement.measurementId));
    const others = store
      .listMeasurements(studyId)
      .some(
        ({ measurement: { measurementId } }) =>
          measurementIds.includes(measurementId) && !own.has(measurementId),
      );
    if (others)
      throw new AppError('not-found', 'This measurement is no longer in the study.', 'Reload the study.');
  };

  return {
    'measurements.list': ({ studyId }) =>
      shown(studyId).map(({ seriesId, measurement }) => mutable({ seriesId, measurement })),

    'measurements.put'({ studyId, seriesId, measurement }) {
      const series = readSeries(store, seriesId);
      const { pixels } = series.scanned;
      const { place } = measurement;
      const fits =
        pixels.kind === 'volume'
          ? place.space === 'lps'
          : place.space === 'px' && place.frame < pixels.frames;
      if (series.studyId !== studyId || !fits)
        throw new AppError(
          'request.invalid',
          'This measurement does not lie in the series it was drawn in.',
          'Reload the study and measure again.',
          { field: 'place' },
        );
      assertShown(studyId, [measurement.measurementId]);
      store.putMeasurement({ studyId, seriesId, reader: views.reader, measurement });
    },

    'measurements.remove'({ studyId, measurementIds }) {
      assertShown(studyId, measurementIds);
      store.transaction(() => store.removeMeasurements(studyId, measurementIds));
    },
  };
}
