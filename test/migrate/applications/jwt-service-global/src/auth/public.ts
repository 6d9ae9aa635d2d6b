import { SetMetadata } from "@nestjs/common"

export const PUBLIC = Symbol("public")

export function SkipAuth() {
  return SetMetadata(PUBLIC, true)
}
