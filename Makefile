# Thin names for what people do most; each line also works by itself.
.PHONY: up test lint format catalogues

up:
	./capphep up

test:
	./capphep test

lint:
	./capphep test --static

format:
	.venv/bin/ruff check --fix --exit-zero --quiet .
	.venv/bin/ruff format .
	find src -path '*/templates/*' -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

catalogues:
	.venv/bin/python tools/catalogues.py --update
