import { Column, type ColumnOptions } from 'typeorm';

/** A point in time as a number since 1970: the same in every database and time zone. */
export function Instant(options: Pick<ColumnOptions, 'nullable'> = {}): PropertyDecorator {
  return Column({
    ...options,
    type: 'bigint',
    // A driver may hand a bigint over as text.
    transformer: {
      to: (instant: number | null) => instant,
      from: (stored: string | number | null) => (stored === null ? null : Number(stored)),
    },
  });
}
