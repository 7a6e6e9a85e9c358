import { AppError } from '../core/app-error';
import type { Store } from '../storage';
import { mutable } from './mutable';
import { readSeries } from './studies';
import type { ServiceHandlers } from './types';

type MeasurementEndpoint = 'measurements.list' | 'measurements.put' | 'measurements.remove';

/** What readers measured beside the findings. On disk before the answer; no part of a report, and gone with the study. */
export function createMeasurements(store: Store): Pick<ServiceHandlers, MeasurementEndpoint> {
  return {
    'measurements.list': ({ studyId }) =>
      store.listMeasurements(studyId).map(({ seriesId, measurement }) => mutable({ seriesId, measurement })),

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
      store.putMeasurement({ studyId, seriesId, measurement });
    },

    'measurements.remove'({ studyId, measurementIds }) {
      store.transaction(() => store.removeMeasurements(studyId, measurementIds));
    },
  };
}
