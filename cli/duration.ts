import { durationMs } from '../domain/time.ts';
import { CliFailure, exitCodes } from './failure.ts';

const plain = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/i;

/** An ISO-8601 duration from what people type: `72h`, `3d`, `1h30m`, or the ISO form itself. */
export function isoDuration(text: string): string {
  const match = plain.exec(text);
  if (match !== null && text !== '') {
    const [, days, hours, minutes, seconds] = match;
    const time = [hours && `${hours}H`, minutes && `${minutes}M`, seconds && `${seconds}S`]
      .filter(Boolean)
      .join('');
    return `P${days ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
  }
  try {
    durationMs(text.toUpperCase());
    return text.toUpperCase();
  } catch {
    throw new CliFailure(exitCodes.usage, `"${text}" is no duration; write 72h, 3d, 90m or PT72H`);
  }
}
