import { Column } from 'typeorm';

/** A point in time, in milliseconds since 1970: the same in every database and time zone. */
export function Instant(): PropertyDecorator {
  return Column({
    type: 'bigint',
    // A driver may hand a bigint over as text.
    transformer: { to: (instant: number) => instant, from: Number },
  });
}
