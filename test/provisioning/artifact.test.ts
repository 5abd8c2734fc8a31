import { describe, expect, it } from "vitest";
import { Artifact, joinArtifact } from "../../src/provisioning/artifact.js";

const config = { path: "acme/newt.json", mode: "0600", template: '{"provisioningKey":"@@FIRSTBOOT_KEY@@"}' };
const codes = { path: "edgeflow/{n}.env", mode: "0600", template: "CODE=@@FIRSTBOOT_KEY@@\n" };

describe("an artefact", () => {
  it("gets its secret where the marker stands, whatever characters the secret has", () => {
    expect(joinArtifact(config, ["$&.$1"])).toEqual([
      { path: "acme/newt.json", mode: 0o600, text: '{"provisioningKey":"$&.$1"}' },
    ]);
  });

  it("is one file for each secret of a batch", () => {
    expect(joinArtifact(codes, ["a", "b"]).map(({ path, text }) => [path, text])).toEqual([
      ["edgeflow/001.env", "CODE=a\n"],
      ["edgeflow/002.env", "CODE=b\n"],
    ]);
  });

  it("is refused where secrets and places do not match", () => {
    expect(() => joinArtifact(config, [])).toThrow(expect.objectContaining({ code: "FB1007" }));
    expect(() => joinArtifact(config, ["a", "b"])).toThrow(expect.objectContaining({ code: "FB1007" }));
  });

  it.each(["/etc/passwd", "../up", "a/../../b", "a/./b", "..", "", "a\\b"])("never has the path %j", (path) => {
    expect(Artifact.safeParse({ ...config, path }).success).toBe(false);
  });
});
