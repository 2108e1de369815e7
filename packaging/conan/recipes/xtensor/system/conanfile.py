from conan import ConanFile
from conan.tools.system.package_manager import Apt


class xtensor_system(ConanFile):
    """The system's own, from Debian's libxtensor-dev: nothing is packaged, the compiler finds it."""

    name = "xtensor"
    package_type = "header-library"

    def system_requirements(self):
        Apt(self).check(["libxtensor-dev"])

    def package_info(self):
        info = self.cpp_info
        info.set_property("cmake_target_name", "xtensor")
        info.includedirs = info.libdirs = info.bindirs = []
