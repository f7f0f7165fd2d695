"""Tests: examples, properties, golden files and benchmarks."""
