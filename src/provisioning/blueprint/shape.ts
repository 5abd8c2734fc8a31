import { z } from "zod";

type Shape = z.core.$ZodType | undefined;

/** The shape of what stands below a shape, at a key or a position. */
export function shapeBelow(shape: Shape, key: string | number): Shape {
  const whole = bareShape(shape);
  if (whole instanceof z.ZodArray && typeof key === "number") return whole.element;
  if (whole instanceof z.ZodRecord && typeof key === "string") return whole.valueType;
  if (whole instanceof z.ZodObject && Object.hasOwn(whole.shape, key)) return whole.shape[key];
  return undefined;
}

/** A shape without the wrappings that say that it may be absent. */
export function bareShape(shape: Shape): Shape {
  const wrapped = shape instanceof z.ZodOptional || shape instanceof z.ZodNullable || shape instanceof z.ZodDefault;
  return wrapped ? bareShape(shape.unwrap()) : shape;
}

/** What an absent value means: its default, an empty list, or nothing. */
export function absentValue(shape: Shape): unknown {
  if (shape instanceof z.ZodDefault) return shape.def.defaultValue;
  return bareShape(shape) instanceof z.ZodArray ? [] : undefined;
}
