# Everything that people and CI do is one of these targets: try `make help`.
# `make book` and `make test` each do their own setup, and do it only once.

PYTHON ?= python3# the Python, 3.11 or newer, to make the environment from
CONSTRAINTS ?= constraints.txt# empty: the newest versions instead of these
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUTF8 := 1

READY := .venv/.ready
VENDOR := book/vendor/.ready
MODELS := book/vendor/models/.ready
BIOME := book/tools/javascript/node_modules/.bin/biome
LIGHTHOUSE := book/tools/lighthouse/node_modules/.bin/lighthouse
SCRIPTS := book/_ext $(addprefix book/static/,demo guide page train) colorattn/widgets
# Chapters and pages whose words are checked: see CONTRIBUTING, Words.
PROSE := $(wildcard chapters/*.ipynb book/*.md) README.md CONTRIBUTING.md \
	$(foreach part,checks figures widgets,$(wildcard colorattn/$(part)/*.py)) \
	$(foreach part,demo guide page train,$(wildcard book/static/$(part)/*.js)) \
	$(wildcard colorattn/widgets/*.js)
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help book pdf epub test test-unit test-chapters test-book test-class test-colab \
	test-class-others test-kills class mark bench-class bench-demo bench-train bench-page mutate lab chapters bench bench-gpu \
	bench-long ledger measure claims lint format data chromium browsers bubblewrap constraints rebrand clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

book: $(READY) $(VENDOR) $(MODELS) data ## Build the book: _build/html/index.html
	@rm -rf _build
	@jupyter-book build . -q --all -W -n --keep-going
	@echo "make book: open _build/html/index.html"

pdf: chromium
pdf epub: $(READY) | _build/html/index.html
pdf: ## Print the whole built book as one file
	@python book/tools/make_pdf.py
epub: ## Pack the whole built book for e-readers
	@python book/tools/make_epub.py

_build/html/index.html:
	@$(MAKE) --no-print-directory book

# -k: run every part, and fail at the end if one of them failed.
test: $(READY) ## Check everything: lint, unit tests, chapters, book
	@$(MAKE) --no-print-directory -k lint claims test-unit test-chapters \
	test-book test-class \
	&& echo "make test: passed; the book it checked is _build/html/index.html" \
	|| { echo "make test: FAILED; each 'Error' above names a part"; exit 1; }

# Two processes at a time, one thread each: there may be only two cores.
test-unit test-chapters test-book test-class test-colab test-kills mutate: \
	export OMP_NUM_THREADS = 1
test-unit test-chapters test-book test-class test-colab test-kills mutate: \
	export OMP_WAIT_POLICY = passive

# A test that hangs for 20 minutes fails, and says where it hung.
test-unit test-chapters test-book test-class: \
	export PYTEST_ADDOPTS = --timeout 1200 --timeout-method thread

test-unit: $(READY) data ## Test the package, including the shapes in signatures
	pytest -n 2 tests/unit tests/wrong_answers

test-chapters: $(READY) data ## Run the chapters and compare with their stored outputs
	pytest -n 2 --dist loadfile --durations 5 --nbval --nbval-current-env \
		--nbval-cell-timeout=300 \
		--nbval-sanitize-with=tests/nbval_sanitize.cfg \
		tests/chapters chapters

test-book: $(READY) $(VENDOR) $(MODELS) $(BIOME) chromium browsers ## Build the book, follow its links, open its pages
	pytest -n 2 --dist worksteal --durations 5 tests/book

test-class: $(READY) $(VENDOR) $(BIOME) data chromium bubblewrap ## Hand out, mark and give back a class's exercises
	pytest -n 2 --dist loadfile --durations 5 tests/classroom

# nbgrader calls alembic by name: so its folder has to be on the path.
test-class-others: $(READY) ## Let nbgrader and otter-grader grade three hand-ins, in their own environment
	@$(PYTHON) -m venv _build/others
	@_build/others/bin/pip install -qq -r requirements.txt $(CONSTRAINTS:%=-c %) \
		-e . nbgrader==0.9.6 notebook==7.6.5 alembic==1.20.1 Mako==1.4.3 \
		RapidFuzz==3.14.6 otter-grader==7.0.0
	PATH="$(CURDIR)/_build/others/bin:$$PATH" _build/others/bin/pytest \
		tests/classroom/others.py

class: $(READY) $(VENDOR) chromium ## Make all that a class is handed out: _build/class
	@python -m classroom make
	@echo "make class: see _build/class, and how to go on in book/teaching.md"

mark: $(READY) bubblewrap ## Mark a class: CLASS=folder
	@python -m classroom mark "$(CLASS)"

bench-demo: $(READY) $(VENDOR) $(MODELS) $(BIOME) chromium ## Measure how fast the live demo answers (on an idle machine)
	pytest tests/book/bench_demo.py

bench-train: $(READY) chromium browsers | _build/html/index.html ## Measure how fast the page learns (on an idle machine)
	PYTHONPATH=book/tools python tests/book/bench_train.py

bench-class: $(READY) bubblewrap ## Measure how long a class of thirty takes to mark
	PYTHONPATH=. python tests/benchmarks/mark_class.py

bench-page: $(LIGHTHOUSE) chromium browsers book ## Measure all pages with Lighthouse, and bench-train (on an idle machine)
	python book/tools/bench_page.py
	@$(MAKE) --no-print-directory bench-train

test-colab: $(READY) data ## Run all chapters as Colab would (make test runs two)
	pytest -n 2 --durations 0 --all-chapters tests/chapters/test_colab.py

test-kills: $(READY) data bubblewrap ## Kill workers 200 times, and the marker 100 times (make test: 5 and 4)
	COLORATTN_KILLS=200 pytest tests/unit/runs/test_cluster.py -k killed
	COLORATTN_KILLS=100 pytest tests/classroom/test_stopping.py -k killed

mutate: $(READY) data ## Plant mistakes in the core: which does no test notice?
	@rm -rf mutants
	python tests/mutation/score.py

lab: $(READY) data ## Open the chapters in JupyterLab
	jupyter lab --allow-root chapters

chapters: $(READY) data ## Run the chapters in place, storing outputs and alt texts
	python book/tools/execute.py chapters/*.ipynb
	@echo "make chapters: see what changed with git diff --stat chapters"

bench: $(READY) data ## Measure speed, compare with what is published (15 minutes)
	python tests/benchmarks/bench.py

bench-gpu: $(READY) data ## Measure training on a CUDA GPU, by technique (5 minutes)
	python tests/benchmarks/gpu.py

bench-long: $(READY) data ## The same, with the post's recipe run to its end (30 minutes)
	python tests/benchmarks/bench.py --cap inf

ledger: $(READY) ## Compare the ledger with the stored runs it follows from
	python book/measure/from_runs.py

measure: $(READY) data ## Measure again what chapters claim, and compare (long)
	for script in book/measure/chapter_*.py; do python $$script || exit 1; done

claims: $(READY) ## List which claims are fresh, stale or unreachable
	python book/measure/freshness.py

lint: $(READY) $(BIOME) ## Check formatting, style, types and words
	ruff format --check .
	ruff check .
	mypy colorattn
	$(BIOME) ci --config-path=book/tools/javascript $(SCRIPTS)
	python book/tools/prose.py _build/prose $(PROSE)
	$(dir $(BIOME))textlint -c book/tools/javascript/textlintrc.json \
		"_build/prose/**/*.md"
	$(dir $(BIOME))cspell -c book/tools/javascript/cspell.json --no-progress \
		--no-summary --root _build/prose "**/*.md"

format: $(READY) $(BIOME) ## Format the code
	ruff format .
	ruff check --fix .
	$(BIOME) check --write --config-path=book/tools/javascript $(SCRIPTS)

data: $(READY) ## Download MNIST and Fashion-MNIST into the cache
	@python -m colorattn data
	@echo "make data: both datasets are ready, their checksums verified"

chromium: $(READY)
	@python book/tools/chromium.py

# Two more, where there are packages of them; without, their tests are skipped.
browsers:
	@{ command -v firefox-esr || command -v firefox; } >/dev/null \
		|| sh book/tools/apt.sh firefox-esr || true
	@ls /usr/lib*/*/webkit2gtk-4.1/MiniBrowser >/dev/null 2>&1 \
		|| sh book/tools/apt.sh libwebkit2gtk-4.1-0 xvfb || true

# What locks up learners' programs; without it marking says what to do.
bubblewrap:
	@command -v bwrap >/dev/null || sh book/tools/apt.sh bubblewrap || true

# pip only resolves, in a fresh environment, and installs nothing. PyTorch
# itself pins the CUDA packages that it needs.
constraints: ## Renew constraints.txt: the newest versions that fit together
	@$(PYTHON) -m venv --clear _build/resolver
	@_build/resolver/bin/pip install --dry-run --ignore-installed \
		--disable-pip-version-check -r requirements.txt > _build/resolver/plan
	@sed -n 's/^Would install //p' _build/resolver/plan | tr ' ' '\n' \
		| sed 's/-\([^-]*\)$$/==\1/' | grep -Ev '^(nvidia|cuda|triton)' \
		| LC_ALL=C sort -f > constraints.txt
	@echo "make constraints: see git diff constraints.txt, then run make test"

rebrand: $(READY) ## Move a fork to its own address: REPO=owner/name
	@python book/tools/rebrand.py "$(REPO)"

clean: ## Remove what was built, but not the environment in .venv
	rm -rf _build book/_generated book/vendor mutants .hypothesis \
		.pytest_cache .mypy_cache .ruff_cache

# A half-made environment is made again: Debian has venv in a package apart.
$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "This needs Python 3.11 or newer: make PYTHON=python3.12"; \
		exit 1; }
	@.venv/bin/pip --version >/dev/null 2>&1 || { rm -rf .venv; \
		$(PYTHON) -m venv .venv || { rm -rf .venv; \
		sh book/tools/apt.sh python3-venv && $(PYTHON) -m venv .venv; } }
	@echo "Filling .venv (about 5 GB with PyTorch, the first time)"
	@PYTHONWARNINGS=ignore .venv/bin/pip install -qq \
		-r requirements.txt $(CONSTRAINTS:%=-c %) -e .
	@touch $@

$(VENDOR): book/package.json book/tools/vendor.py | $(READY)
	@python book/tools/vendor.py
	@touch $@

# What the live pages compute with is written here and not kept in git, so
# that it can't differ from the stored weights and drawings.
$(MODELS): $(wildcard colorattn/stored/weights/*) colorattn/stored/subset.npz \
		book/tools/export.py $(wildcard book/tools/*_drawings.py) \
		$(wildcard colorattn/model/*.py) | $(VENDOR)
	@python book/tools/export.py --out book/vendor/models
	@python book/tools/demo_drawings.py --out book/vendor/models
	@python book/tools/train_drawings.py --out book/vendor/models
	@touch $@

$(BIOME): book/tools/javascript/package.json
$(LIGHTHOUSE): book/tools/lighthouse/package.json
$(BIOME) $(LIGHTHOUSE): | $(READY)
	@npm install --silent --no-package-lock --prefix $(dir $<)
	@touch $@
