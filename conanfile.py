import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load

# Component -> the components and packages that it builds on; cmake/hone-components.cmake says the same to CMake.
COMPONENTS = {
    "core": ["boost::headers"],
    "engine": ["core", "highway::hwy"],
    "train": ["engine", "xtensor::xtensor"],
    "store": ["engine", "sqlite3::sqlite3", "zlib::zlib"],
    "io": ["core", "nlohmann_json::nlohmann_json"],
    "ext": ["engine", "fmt::fmt", "xtensor::xtensor"],
}
VERSIONS = {"boost": "1.74.0", "highway": "1.0.3", "xtensor": "0.24.3", "sqlite3": "3.40.1", "fmt": "9.1.0",
            "zlib": "1.2.13", "nlohmann_json": "3.11.2"}
OPTIONAL = ["train", "store", "io", "ext"]


class hone_recipe(ConanFile):
    name = "hone"
    description = "Neural inference for latency-critical programs, specialised at compile time"
    license = "BSL-1.0"
    topics = ("neural-network", "inference", "simd", "real-time", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {component: [True, False] for component in OPTIONAL}
    default_options = {component: False for component in OPTIONAL}
    exports_sources = "CMakeLists.txt", "LICENSE", "include/*"
    no_copy_source = True

    def set_version(self):
        cmake = load(self, os.path.join(self.recipe_folder, "CMakeLists.txt"))
        self.version = re.search(r"\n  VERSION (\S+)", cmake).group(1)

    def enabled(self):
        return [c for c in COMPONENTS if c not in OPTIONAL or self.options.get_safe(c)]

    def requirements(self):
        packages = {need.split("::")[0] for c in self.enabled() for need in COMPONENTS[c] if "::" in need}
        for package in sorted(packages):
            self.requires(f"{package}/[>={VERSIONS[package]}]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.settings.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))

    def package_info(self):
        for name in self.enabled():
            component = self.cpp_info.components[name]
            component.set_property("cmake_target_name", f"hone::{name}")
            component.includedirs = ["include"]
            component.bindirs = component.libdirs = []
            component.requires = COMPONENTS[name]
            if name in ("train", "store") and self.settings.get_safe("os") == "Linux":
                component.system_libs = ["pthread"]
