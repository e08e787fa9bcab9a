const common = (one: bigint, other: bigint): bigint => (other === 0n ? one : common(other, one % other));
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** An exact number. */
export class Fraction {
  readonly top: bigint;
  readonly bottom: bigint;

  private constructor(top: bigint, bottom: bigint) {
    const divisor = common(size(top), bottom) || 1n;
    this.top = top / divisor;
    this.bottom = bottom / divisor;
  }

  static of(top: number | bigint, bottom: number | bigint = 1): Fraction {
    return new Fraction(BigInt(top), BigInt(bottom));
  }

  plus(other: Fraction): Fraction {
    return new Fraction(this.top * other.bottom + other.top * this.bottom, this.bottom * other.bottom);
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.top, other.bottom));
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.top * other.top, this.bottom * other.bottom);
  }

  above(other: Fraction): boolean {
    return this.minus(other).top > 0n;
  }

  /** The whole number at or below it. */
  floor(): number {
    const whole = this.top / this.bottom;
    return Number(this.top < 0n && whole * this.bottom !== this.top ? whole - 1n : whole);
  }

  /** The whole number at or above it. */
  ceil(): number {
    return -new Fraction(-this.top, this.bottom).floor();
  }
}
