# SPDX-License-Identifier: Apache-2.0
# make demo and make test do all the set-up themselves, in .venv/, on a machine without ROS.
# With a sourced ROS 2 use colcon; these two also work there, because they ignore that ROS.

PYTHON ?= python3
# An empty TORCH= leaves the choice of the version to pip.
TORCH ?= torch==2.13.0
VENV := .venv
READY := $(VENV)/.ready
INSTALL_LOG := $(VENV)/install.log
# Tests that run at the same time, each on one core. Twice the number of cores, because many tests wait for messages.
JOBS ?= 4
PYTEST := ROS_PYTHON_CHECK_FIELDS=1 OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n $(JOBS) --dist loadgroup \
    -rfEs --durations=10 --permitted-skips-only
N ?= 10

# A sourced ROS 2 puts its own modules, built for another Python, before those in .venv.
unexport PYTHONPATH PYTHONHOME AMENT_PREFIX_PATH COLCON_PREFIX_PATH CMAKE_PREFIX_PATH RMW_IMPLEMENTATION
unexport ROS_DISTRO ROS_VERSION ROS_PYTHON_VERSION _ROS_WHEELS_BOOTSTRAP_COMPLETE
# Keep what Python and pytest have compiled, for the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
ifdef AMENT_PREFIX_PATH
unexport LD_LIBRARY_PATH
endif

# For make gpu-train: recordings, output folder, duration, licence of the recordings, recipe.
DATA ?=
OUTPUT ?= gpu_train
MINUTES ?= 10
LICENCE ?= that of the recordings
RECIPE ?= street
# More options for `optidepthnet pack` and `optidepthnet train-packed`, such as PACK=--sky TRAIN='--base dlite0_street'.
PACK ?=
TRAIN ?=

.PHONY: help demo test docs test-repeat coverage gpu-train clean
help:
	@echo 'make demo    show depth from real frames through a real ROS 2 node; results in demo_output/'
	@echo 'make test    run all tests'
	@echo 'make docs    build the documentation as a site in site/; warnings are errors'
	@echo 'make test-repeat N=10    run all tests ten times, to find flaky ones'
	@echo 'make coverage    run all tests and list the lines that none of them reaches'
	@echo 'make gpu-train DATA="RECORDING..." MINUTES=10    pack recordings, then train on the GPU, or on the CPU if there is none'
	@echo 'make clean   remove .venv/, demo_output/ and site/'
	@echo 'PYTHON=python3.12 selects the interpreter of .venv/, an empty TORCH= lets pip select the version of torch.'

demo: $(READY)
	$(VENV)/bin/optidepthnet demo --output demo_output

test: $(READY)
	$(PYTEST) test

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --quiet
	@echo 'The site is in site/index.html; python3 -m http.server -d site serves it, search included.'

# Continues after a failure; the last lines name every test that failed in any run.
test-repeat: $(READY)
	rm -rf test_repeat && mkdir test_repeat
	failed=0; for run in $$(seq $(N)); do \
	    nice env $(PYTEST) test >test_repeat/$$run.log 2>&1 || failed=1; tail -n 1 test_repeat/$$run.log; done; \
	    grep -hE '^(FAILED|ERROR) ' test_repeat/*.log; exit $$failed

# Does not cover code in separate processes, such as the nodes that tests start.
coverage: $(READY)
	$(VENV)/bin/python -m pip install --quiet pytest-cov
	$(PYTEST) --cov=optidepthnet_ros --cov-report=term-missing:skip-covered test

# Does not pack again if packed samples exist.
gpu-train: $(READY)
	@test -n '$(DATA)' || { echo 'make: DATA="RECORDING..." is missing: the recordings to learn from' >&2; exit 1; }
	test -e $(OUTPUT)/packed/index.json || $(VENV)/bin/optidepthnet pack $(DATA) --output $(OUTPUT)/packed $(PACK)
	$(VENV)/bin/optidepthnet train-packed $(OUTPUT)/packed --output $(OUTPUT) --minutes $(MINUTES) --recipe $(RECIPE) \
	    --licence '$(LICENCE)' $(TRAIN)

$(READY): setup.py setup.cfg Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	    echo 'make: $(PYTHON) is not Python 3.10 or newer: give one, for example make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@echo '== Installing into $(VENV)/: ROS 2 client library, torch and others, more than 1.5 GB. This happens once.'
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@if test -t 1; then ( seconds=0; while sleep 1 && kill -0 $$$$ 2>/dev/null; do seconds=$$((seconds + 1)); \
	    printf '\r\033[K   %s s: %.70s' $$seconds "$$(tail -n 1 $(INSTALL_LOG) 2>/dev/null)"; done ) & fi; \
	    $(VENV)/bin/python -m pip install --progress-bar off $(TORCH) -e '.[ros,demo,train,test,docs]' >$(INSTALL_LOG) 2>&1; \
	    status=$$?; kill $$! 2>/dev/null; test ! -t 1 || printf '\r\033[K'; test $$status = 0 || { \
	    tail -n 20 $(INSTALL_LOG) >&2; echo 'make: the installation failed; the full log is $(INSTALL_LOG)' >&2; exit 1; }
	@echo '== Installed; the output of pip is in $(INSTALL_LOG)'
	@touch $@

clean:
	rm -rf $(VENV) demo_output site
