# make demo and make test do all the set-up themselves, in .venv/, on a machine without ROS.
# With a sourced ROS 2 use colcon; these two still work there, because they shut that ROS out.

PYTHON ?= python3
# An empty TORCH= leaves the choice of the version to pip.
TORCH ?= torch==2.13.0
VENV := .venv
READY := $(VENV)/.ready
PYTEST := ROS_PYTHON_CHECK_FIELDS=1 $(VENV)/bin/python -m pytest
# Whole trainings fork processes that read images: not from a process where DDS and OpenVINO have threads.
APART := test/training/test_run.py

# A sourced ROS 2 puts its own modules, built for another Python, before those in .venv.
unexport PYTHONPATH PYTHONHOME AMENT_PREFIX_PATH COLCON_PREFIX_PATH CMAKE_PREFIX_PATH RMW_IMPLEMENTATION
unexport ROS_DISTRO ROS_VERSION ROS_PYTHON_VERSION _ROS_WHEELS_BOOTSTRAP_COMPLETE
ifdef AMENT_PREFIX_PATH
unexport LD_LIBRARY_PATH
endif

.PHONY: help demo test clean
help:
	@echo 'make demo    show depth from real frames through a real ROS 2 node; results in demo_output/'
	@echo 'make test    run all tests'
	@echo 'make clean   remove .venv/ and demo_output/'
	@echo 'PYTHON=python3.12 chooses the interpreter of .venv/, TORCH= the torch that pip picks by itself.'

demo: $(READY)
	$(VENV)/bin/optidepthnet demo --output demo_output

test: $(READY)
	$(PYTEST) test --ignore=$(APART)
	$(PYTEST) $(APART)

$(READY): setup.py setup.cfg Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	    echo 'make: $(PYTHON) is not Python 3.10 or newer: name one, such as make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@echo '== Installing into $(VENV)/: ROS 2 client library, torch and others, 1.5 GB and more. This happens once.'
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --progress-bar on $(TORCH) -e '.[ros,demo,train,test]'
	@touch $@

clean:
	rm -rf $(VENV) demo_output
