from conan import ConanFile
from conan.tools.system.package_manager import Apt


class boost_system(ConanFile):
    """The system's own, from Debian's libboost-dev: nothing is packaged, the compiler finds it."""

    name = "boost"
    package_type = "header-library"

    def system_requirements(self):
        Apt(self).check(["libboost-dev"])

    def package_info(self):
        info = self.cpp_info.components["headers"]
        info.set_property("cmake_target_name", "Boost::headers")
        info.includedirs = info.libdirs = info.bindirs = []
