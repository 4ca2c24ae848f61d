import { defineConfig } from 'vitest/config';

// `include` is named: the default pattern would also run what the build put into dist/.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/lab/**', 'node_modules/**', 'dist/**'],
    setupFiles: ['test/support/fast-check-seed.ts'],
    testTimeout: 120_000,
    pool: 'forks',
  },
});
