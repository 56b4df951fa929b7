PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml package-lock.json hatch_build.py kid_wheel/assets.py kid_wheel/bildstod.py kid_wheel/content/bildstod.toml
PO := $(wildcard translations/*/LC_MESSAGES/messages.po)

# A browser's file stays in one process. The long ones, in tests/browser, come first.
# Half of such a test waits for a page: twice as many run as there are processors.
SIDE_BY_SIDE := --numprocesses auto --dist loadfile --no-loadscope-reorder
export PYTEST_XDIST_AUTO_NUM_WORKERS := $(shell $(PYTHON) -c 'import os; print(2 * os.cpu_count())')
SCRIPTS := $(shell find static/tablet -name '*.js')

.PHONY: run test soak bench assets translations clean

run: $(VENV)/.bundled
	$(BIN)/kid-wheel demo

test: $(VENV)/.tested $(VENV)/.bundled
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(SIDE_BY_SIDE)
	$(BIN)/pytest $(SIDE_BY_SIDE) --database postgresql --ignore tests/browser

# Hours, if one likes: so many stories and deliveries, and every combination.
soak: $(VENV)/.tested $(VENV)/.bundled
	KID_WHEEL_SOAK=$(or $(STORIES),300) $(BIN)/pytest $(SIDE_BY_SIDE)

bench: $(VENV)/.tested $(VENV)/.bundled
	$(BIN)/python -m benchmarks

assets: $(VENV)/.installed
	$(BIN)/python -m kid_wheel.assets

# New sentences come into each language empty; tests/test_translations.py names those to write.
translations: $(VENV)/.installed
	$(BIN)/pybabel -q extract -F pyproject.toml --no-location --omit-header -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -d translations --width 100 --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d translations

$(VENV)/.installed: $(SOURCES) $(PO)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.bundled: $(VENV)/.installed $(SCRIPTS)
	$(BIN)/python -m kid_wheel.assets
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	sh tests/install.sh $(BIN)
	touch $@

clean:
	rm -rf $(VENV) instance node_modules static/vendor static/bildstod/*.svg
