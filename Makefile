# Needs Python 3.11 or newer. Everything is installed below .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.PHONY: demo test test-slow mutation comparison lint format sample rules schemas lock docs clean

## demo: render the sample cluster into demo/ and check every manifest of it
demo: $(STAMP)
	@rm -rf demo
	$(BIN)/gitopsgen new demo --config sample-output/cluster.yaml --no-input
	$(BIN)/gitopsgen validate demo --charts skip

## test: all tests but the slow ones
test: $(STAMP)
	$(BIN)/pytest -n auto

## test-slow: the tests that take minutes
test-slow: $(STAMP)
	$(BIN)/pytest -n auto -m slow

## mutation: break the sample in a thousand ways, and write docs/mutation-test.md again
mutation: $(STAMP)
	$(BIN)/python -m tests.mutation

## comparison: the same updates by gitopsgen and by copier, and write their table again
comparison: $(STAMP)
	$(BIN)/python -m tests.comparison.updates --write

## lint: formatting, style and types of the source and the tests; the workflows
lint: $(STAMP) $(BIN)/actionlint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/actionlint .github/workflows/*.yaml sample-output/.github/workflows/*.yaml

## format: let ruff format and mend what it can
format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## sample: render sample-output/ again from its own cluster.yaml
sample: $(STAMP)
	$(BIN)/python -m tests.sample

## rules: write docs/rules.md again from the rules
rules: $(STAMP)
	$(BIN)/python -m gitopsgen.validation.rules_page > docs/rules.md

## schemas: make the shipped schemas again from their pinned sources
schemas: $(STAMP)
	cd generator && ../$(BIN)/python -m schemas_build

## lock: pin the newest permitted versions of all development tools
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --group dev pyproject.toml --generate-hashes --universal \
	  --python-version 3.11 --no-emit-index-url --no-header --upgrade --output-file requirements-dev.txt

# Needs Go, which also builds kubeconform where no release of it can be had.
$(BIN)/actionlint: $(STAMP)
	GOBIN="$(CURDIR)/$(BIN)" go install $(ACTIONLINT)
	@touch $@

clean:
	rm -rf .venv demo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(STAMP): requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
